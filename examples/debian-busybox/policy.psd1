# How debian-busybox is audited. A suppression names a rule (Get-BaseImageRule lists them) and, where that is enough, an image
# and a path; it needs a reason, an owner and the day after which it no longer holds. For instance:
#
#     @{ Rule = 'BI2001'; Path = '/usr/bin/su'; Reason = 'needed by cron'; Owner = 'platform team'; Until = '2027-03-31' }
@{
    SchemaVersion = 1
    Description   = 'Audit policy of debian-busybox'
    Severities    = @{}
    Disabled      = @{}

    # All files together, uncompressed. Raise it when you decide that the image may grow, and say why in the change.
    Limits        = @{ Size = '4 MiB' }
    Suppressions  = @(
        @{ Rule = 'BI2004'; Path = '/usr/bin/busybox'; Reason = 'a shell is what this image is for: it debugs beside containers that have none'; Owner = 'debian-busybox'; Until = '2031-12-31' }
    )
}
