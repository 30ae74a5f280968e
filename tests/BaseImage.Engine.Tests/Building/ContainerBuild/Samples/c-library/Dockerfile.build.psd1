@{
    SchemaVersion = 1
    Target        = 'runtime'
}
