namespace BaseImage;

/// <summary>How much a finding matters, in ascending order, so that <c>-ge 'High'</c> works.</summary>
public enum Severity
{
    /// <summary>Worth knowing; never a reason to stop.</summary>
    Info,

    /// <summary>A habit to mend when the image is next touched.</summary>
    Low,

    /// <summary>A weakness that needs another one to be used.</summary>
    Medium,

    /// <summary>A weakness that can be used as it stands.</summary>
    High,

    /// <summary>An open door.</summary>
    Critical,
}
