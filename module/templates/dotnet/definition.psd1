# {{Name}}: what the image is made of, and why. Get-BaseImageDefinition checks this file, Update-BaseImageLock pins what
# it asks for, Build-BaseImage makes the image. Nothing in it is run.
@{
    SchemaVersion = 1
    Name          = '{{Name}}'
    Description   = 'What .NET needs: glibc, libstdc++, ICU, OpenSSL, zlib, trust roots, time zones and a non-root user'
    Workloads     = 'Self-contained .NET programs; the .NET run time itself is added by an image on top'
    From          = @{ Distribution = 'debian'; Suite = '{{Suite}}'; Updates = $true; Security = $true }

    # Trust roots, time zones, the non-root user, its environment, and what no image needs.
    Extends       = 'shared/hardened.psd1'

    # Every package says why it is there. Kerberos and NTLM (NegotiateAuthentication) would need 'libgssapi-krb5-2' as well.
    Packages      = @{
        'libc-bin'   = 'the C.UTF-8 locale and nsswitch.conf'
        'libc6'      = 'glibc'
        'libgcc-s1'  = 'stack unwinding, for exceptions'
        {{LibIcu,12}} = 'cultures, casing, collation, calendars and names of time zones'
        {{LibSsl,12}} = 'TLS, hashing and keys'
        'libstdc++6' = 'the run time is written in C++'
        'zlib1g'     = 'compression, for run times before .NET 9'
    }

    # Port 8080 needs no privilege. Without diagnostics no debugging socket is opened in /tmp.
    Config        = @{
        Env    = 'ASPNETCORE_HTTP_PORTS=8080', 'DOTNET_EnableDiagnostics=0', 'DOTNET_RUNNING_IN_CONTAINER=true'
        Labels = @{ 'org.opencontainers.image.title' = '{{Name}}' }
    }
    Policy        = 'policy.psd1'
}
