# {{Name}}: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = '{{Name}}'
    Description   = 'Node.js without a package manager, trust roots, time zones and a non-root user'
    Workloads     = 'Programs in JavaScript that bring their modules along'
    From          = @{ Distribution = 'debian'; Suite = '{{Suite}}'; Updates = $true; Security = $true }

    # Trust roots, time zones, the non-root user, its environment, and what no image needs.
    Extends       = 'shared/hardened.psd1'

    # Every package says why it is there.
    Packages      = @{
        'libc-bin' = 'the C.UTF-8 locale and nsswitch.conf'
        'nodejs'   = 'the interpreter'
    }

    # What these depend on and the image can do without. The lock records it.
    Without       = @{
        'node-corepack' = 'it fetches package managers'
    }

    Config        = @{
        Entrypoint = '/usr/bin/node'
        Env        = 'NODE_ENV=production'
        Labels     = @{ 'org.opencontainers.image.title' = '{{Name}}' }
    }
    Policy        = 'policy.psd1'
}
