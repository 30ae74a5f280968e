namespace BaseImage.Ports;

/// <summary>The engine's door: one port for each thing a cmdlet asks. Made once a session by the cmdlets' factory.</summary>
public interface IBaseImageEngine : IDisposable
{
    /// <summary>Reads definitions.</summary>
    IReadDefinition Definitions { get; }

    /// <summary>Makes projects.</summary>
    IScaffoldProject Projects { get; }

    /// <summary>Reads locks.</summary>
    IReadLock Locks { get; }

    /// <summary>Resolves locks.</summary>
    IResolveLock Resolver { get; }

    /// <summary>Writes locks.</summary>
    IWriteLock LockWriter { get; }

    /// <summary>Tests locks.</summary>
    ITestLock LockTester { get; }

    /// <summary>Saves packages.</summary>
    ISavePackages PackageSaver { get; }

    /// <summary>Builds images.</summary>
    IBuildImage Builder { get; }

    /// <summary>Builds Dockerfiles.</summary>
    IBuildDockerfile DockerfileBuilder { get; }

    /// <summary>The same ports, with another container engine meant.</summary>
    IBaseImageEngine At(EngineAddress address);

    /// <summary>The same ports, with registries met as this says.</summary>
    IBaseImageEngine With(RegistryAccess access);

    /// <summary>The Docker contexts that there are, in ordinal order.</summary>
    IReadOnlyList<string> Contexts { get; }

    /// <summary>Announces images that will be read together.</summary>
    IGatherImages Batches { get; }

    /// <summary>Finds images.</summary>
    IReadImages Images { get; }

    /// <summary>Lists what registries have.</summary>
    IFindImages Finder { get; }

    /// <summary>Pushes images to registries.</summary>
    IPublishImage Publisher { get; }

    /// <summary>Copies images.</summary>
    ICopyImage Copier { get; }

    /// <summary>Lists files.</summary>
    IReadImageFiles Files { get; }

    /// <summary>Lists packages.</summary>
    IReadImagePackages Packages { get; }

    /// <summary>Compares images.</summary>
    ICompareImages Comparer { get; }

    /// <summary>Tests whether something builds to the same digest whatever the conditions.</summary>
    ITestReproducibility Reproducibility { get; }

    /// <summary>Audits images.</summary>
    IAuditImage Auditor { get; }

    /// <summary>Audits Dockerfiles.</summary>
    IAuditDockerfile DockerfileAuditor { get; }

    /// <summary>Pins Dockerfiles.</summary>
    IPinDockerfile DockerfilePinner { get; }

    /// <summary>Writes pinned Dockerfiles.</summary>
    IWriteDockerfile DockerfileWriter { get; }

    /// <summary>Makes images smaller.</summary>
    IOptimizeImage Optimizer { get; }

    /// <summary>Signs images.</summary>
    ISignImage Signer { get; }

    /// <summary>Lists signatures.</summary>
    IReadSignatures Signatures { get; }

    /// <summary>Verifies signatures.</summary>
    ITestSignature SignatureTester { get; }

    /// <summary>Measures images.</summary>
    IMeasureImage Surfaces { get; }

    /// <summary>Lists rules.</summary>
    IListRules Rules { get; }

    /// <summary>Edits policies.</summary>
    IEditPolicy PolicyEditor { get; }

    /// <summary>Writes reports.</summary>
    IExportReport Reports { get; }

    /// <summary>Writes software bills of materials.</summary>
    IExportSbom Sboms { get; }

    /// <summary>Masks secrets in what is shown of images.</summary>
    IMaskSecrets Secrets { get; }

    /// <summary>Makes attestations.</summary>
    IAttestImage Attester { get; }

    /// <summary>Lists attestations.</summary>
    IReadAttestations Attestations { get; }

    /// <summary>Verifies attestations.</summary>
    ITestAttestation AttestationTester { get; }

    /// <summary>Shows and clears the cache.</summary>
    IMaintainCache CacheMaintenance { get; }
}
