namespace BaseImage;

/// <summary>Whose rules a package's version goes by.</summary>
public enum PackageEcosystem
{
    /// <summary>dpkg's: Debian, Ubuntu and what is made of them.</summary>
    Debian,

    /// <summary>apk's: Alpine.</summary>
    Alpine,

    /// <summary>npm's: semantic versions. Source: Semantic Versioning 2.0.0.</summary>
    Npm,

    /// <summary>Python's. Source: the version specifiers of the Python Packaging User Guide (PEP 440).</summary>
    PyPI,

    /// <summary>NuGet's: semantic versions with up to four numbers, without regard to case.</summary>
    NuGet,
}
