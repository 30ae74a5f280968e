# debian-static: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = 'debian-static'
    Description   = 'Trust roots, time zones and a non-root user for statically linked services'
    Workloads     = 'Go and Rust services without libc'
    From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = $true; Security = $true }

    # Trust roots, time zones, the non-root user, its environment, and what no image needs.
    Extends       = 'shared/hardened.psd1'

    Config        = @{ Labels = @{ 'org.opencontainers.image.title' = 'debian-static' } }
    Policy        = 'policy.psd1'
}
