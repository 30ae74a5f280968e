@{
    SchemaVersion  = 1
    BuildArguments = @{ COMPANY = 'Example & Sons'; PROXY = 'not asked for' }
    Labels         = @{ 'org.opencontainers.image.vendor' = 'Example' }
}
