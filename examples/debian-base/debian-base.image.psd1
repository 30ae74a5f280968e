# debian-base: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = 'debian-base'
    Description   = 'glibc, OpenSSL, trust roots, time zones and a non-root user'
    Workloads     = 'Services that are linked to glibc or OpenSSL'
    From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = $true; Security = $true }
    Platforms     = 'linux/amd64', 'linux/arm64'

    # Every package says why it is there.
    Packages      = @{
        'ca-certificates' = 'TLS trust roots'
        'libc-bin'        = 'the C.UTF-8 locale and nsswitch.conf'
        'libc6'           = 'glibc'
        'libssl3'         = 'OpenSSL'
        'tzdata'          = 'time zones'
    }

    # What these depend on and the image can do without. The lock records it.
    Without       = @{
        'debconf' = 'maintainer scripts are not run'
        'openssl' = 'only used by update-ca-certificates; the library is there'
    }

    # Beside the defaults; licences and copyright files stay.
    Remove        = '/usr/share/doc/**', '/usr/share/man/**', '/usr/sbin/update-ca-certificates'

    Accounts      = @(@{ Name = 'nonroot'; Uid = 65532; Gid = 65532; Home = '/home/nonroot' })
    Config        = @{
        User       = '65532:65532'
        Env        = 'LANG=C.UTF-8', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt', 'TZ=UTC'
        WorkingDir = '/home/nonroot'
        StopSignal = 'SIGTERM'
        Labels     = @{ 'org.opencontainers.image.title' = 'debian-base' }
    }
    Layering      = 'Single'
    Policy        = 'policy.psd1'
}
