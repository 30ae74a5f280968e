# {{Name}}: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = '{{Name}}'
    Description   = 'Python 3 without a package manager, trust roots, time zones and a non-root user'
    Workloads     = 'Programs in Python that bring their modules along'
    From          = @{ Distribution = 'debian'; Suite = '{{Suite}}'; Updates = $true; Security = $true }

    # Trust roots, time zones, the non-root user, its environment, and what no image needs.
    Extends       = 'shared/hardened.psd1'

    # Every package says why it is there.
    Packages      = @{
        'libc-bin' = 'the C.UTF-8 locale and nsswitch.conf'
        'python3'  = 'the interpreter and its standard library'
    }

    # What these depend on and the image can do without. The lock records it.
    Without       = @{
        'dpkg'            = 'a package manager; maintainer scripts compile modules with its help'
        'libnsl2'         = 'only used by the module nis, which Python 3.13 no longer has'
        'libtirpc3'       = 'only used by the module nis'
        'readline-common' = 'only a default inputrc'
    }

    # What maintainer scripts would have compiled modules with, and the module whose libraries are not there.
    Remove        = '/usr/bin/py3clean', '/usr/bin/py3compile', '/usr/bin/py3versions', '/usr/share/python3/**', '/usr/lib/python3*/lib-dynload/nis.*'

    # Modules are not written as .pyc: a container's root is read-only, and nobody else reads them.
    Config        = @{
        Entrypoint = '/usr/bin/python3'
        Env        = 'PYTHONDONTWRITEBYTECODE=1', 'PYTHONUNBUFFERED=1'
        Labels     = @{ 'org.opencontainers.image.title' = '{{Name}}' }
    }
    Policy        = 'policy.psd1'
}
