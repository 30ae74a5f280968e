namespace BaseImage;

/// <summary>Whose rules a package's version goes by.</summary>
public enum PackageEcosystem
{
    /// <summary>dpkg's: Debian, Ubuntu and what is made of them.</summary>
    Debian,

    /// <summary>apk's: Alpine.</summary>
    Alpine,
}
