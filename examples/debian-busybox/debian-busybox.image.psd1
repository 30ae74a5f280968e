# debian-busybox: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = 'debian-busybox'
    Description   = 'BusyBox: a shell and its tools in one static program, trust roots, time zones and a non-root user'
    Workloads     = 'Debugging: beside a container without a shell, or to look into a volume or a network'
    From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = $true; Security = $true }

    # Trust roots, time zones, the non-root user, its environment, and what no image needs.
    Extends       = 'shared/hardened.psd1'

    # Every package says why it is there.
    Packages      = @{
        'busybox-static' = 'the shell and its tools; the links to it are made'
    }

    Config        = @{
        Cmd    = '/bin/sh'
        Labels = @{ 'org.opencontainers.image.title' = 'debian-busybox' }
    }
    Policy        = 'policy.psd1'
}
