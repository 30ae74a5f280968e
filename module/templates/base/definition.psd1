# {{Name}}: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = '{{Name}}'
    Description   = 'glibc, OpenSSL, trust roots, time zones and a non-root user'
    Workloads     = 'Services that are linked to glibc or OpenSSL'
    From          = @{ Distribution = 'debian'; Suite = '{{Suite}}'; Updates = $true; Security = $true }

    # Trust roots, time zones, the non-root user, its environment, and what no image needs.
    Extends       = 'shared/hardened.psd1'

    # Every package says why it is there.
    Packages      = @{
        'libc-bin'   = 'the C.UTF-8 locale and nsswitch.conf'
        'libc6'      = 'glibc'
        {{LibSsl,12}} = 'OpenSSL'
    }

    Config        = @{ Labels = @{ 'org.opencontainers.image.title' = '{{Name}}' } }
    Policy        = 'policy.psd1'
}
