namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>Which runs a rule judges by; what no rule of an audit needs is not run.</summary>
[Flags]
internal enum RunNeeds
{
    /// <summary>The run as given alone, which every other builds on.</summary>
    Given = 0,

    /// <summary>Under the lock-down, or under one of its conditions alone.</summary>
    LockDown = 1,

    /// <summary>As a user that no image knows.</summary>
    ArbitraryUser = 2,

    /// <summary>As a service, from its start to its stop.</summary>
    Service = 4,

    /// <summary>Under another host name, and with a terminal where it does not work without.</summary>
    Surroundings = 8,

    /// <summary>What it touches, as given and as a service; by itself, and no rule asks for it.</summary>
    Trace = 16,

    /// <summary>All that rules may ask for.</summary>
    All = LockDown | ArbitraryUser | Service | Surroundings,
}
