# How debian-python is audited. A suppression names a rule (Get-BaseImageRule lists them) and, where that is enough, an image
# and a path; it needs a reason, an owner and the day after which it no longer holds. For instance:
#
#     @{ Rule = 'BI2001'; Path = '/usr/bin/su'; Reason = 'needed by cron'; Owner = 'platform team'; Until = '2027-03-31' }
@{
    SchemaVersion = 1
    Description   = 'Audit policy of debian-python'
    Severities    = @{}
    Disabled      = @{}

    # All files together, uncompressed. Raise it when you decide that the image may grow, and say why in the change.
    Limits        = @{ Size = '60 MiB' }
    Suppressions  = @()
}
