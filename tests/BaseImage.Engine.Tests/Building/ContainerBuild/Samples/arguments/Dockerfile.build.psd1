@{
    SchemaVersion  = 1
    Extends        = 'company.build.psd1'
    Name           = 'arguments'
    BuildArguments = @{ VERSION = '1.10'; UPLOAD_TOKEN = 'hunter2-hunter2-hunter2' }
    SourceDateEpoch = 1700000000
    TimeZone       = 'Europe/Istanbul'
}
