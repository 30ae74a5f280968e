# How the Dockerfile beside it is built: the only place that its build arguments come from.
@{
    SchemaVersion  = 1
    Name           = 'web'
    BuildArguments = @{ TITLE = 'Hello' }
    Labels         = @{ 'org.opencontainers.image.title' = 'A small site' }
}
