# What the images of this project share. A definition takes it with Extends = 'shared/hardened.psd1', and every key that
# the definition states itself is laid over what is here: tables key by key, Remove, Env, Accounts, Files and Archives
# entry by entry, everything else as a whole. $null takes something back: Packages = @{ 'tzdata' = $null }.
#
# To keep several images in line, put this file beside their folders and let each of them extend '../shared/hardened.psd1'.
@{
    SchemaVersion = 1
    Platforms     = 'linux/amd64', 'linux/arm64'

    Packages      = @{
        'ca-certificates' = 'TLS trust roots'
        'tzdata'          = 'time zones'
    }

    # What packages depend on and an image can do without. The lock records it.
    Without       = @{
        'debconf' = 'maintainer scripts are not run'
        'openssl' = 'only used by update-ca-certificates; it is the command, not the library'
    }

    # Beside the defaults; licences and copyright files stay.
    Remove        = '/usr/share/doc/**', '/usr/share/man/**', '/usr/sbin/update-ca-certificates'

    Accounts      = @(@{ Name = 'nonroot'; Uid = 65532; Gid = 65532; Home = '/home/nonroot' })
    Config        = @{
        User       = '65532:65532'
        Env        = 'LANG=C.UTF-8', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt', 'TZ=UTC'
        WorkingDir = '/home/nonroot'
        StopSignal = 'SIGTERM'
    }
    Layering      = 'Single'
}
