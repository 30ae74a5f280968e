using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Policies.Editing;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Building;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Building.ContainerBuild;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Pinning;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Optimising;
using BaseImage.Engine.Optimising.Reproducibility;
using BaseImage.Engine.Optimising.Traces;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Reporting;
using BaseImage.Engine.Reporting.Html;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Publishing;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Ports;

namespace BaseImage.Engine;

/// <summary>The engine put together: the one type that the cmdlets' factory names.</summary>
public sealed class BaseImageEngine : IBaseImageEngine
{
    private readonly IReadDataFile _powerShellData;
    private readonly Shared _shared;
    private readonly EngineAddress _address;
    private readonly RegistryAccess _registries;

    private BaseImageEngine(IReadDataFile powerShellData, Shared shared, EngineAddress address, RegistryAccess registries)
        => (_powerShellData, _shared, _address, _registries) = (powerShellData, shared, address, registries);

    /// <summary>Makes an engine.</summary>
    /// <param name="powerShellData">Reads PowerShell data files, which needs PowerShell's parser and so lives with the cmdlets.</param>
    public static IBaseImageEngine Create(IReadDataFile powerShellData) => new BaseImageEngine(powerShellData, new Shared(), EngineAddress.Default, RegistryAccess.Default);

    /// <inheritdoc/>
    public IBaseImageEngine At(EngineAddress address) => new BaseImageEngine(_powerShellData, _shared, address, _registries);

    /// <inheritdoc/>
    public IBaseImageEngine With(RegistryAccess access) => new BaseImageEngine(_powerShellData, _shared, _address, access);

    /// <inheritdoc/>
    public IReadOnlyList<string> Contexts => _shared.Connections.Contexts;

    /// <inheritdoc/>
    public IGatherImages Batches => Engines;

    /// <inheritdoc/>
    public IReadDefinition Definitions => new DefinitionReader(new DataFiles(_powerShellData));

    /// <inheritdoc/>
    public IScaffoldProject Projects { get; } = new ProjectScaffolder();

    /// <inheritdoc/>
    public IReadLock Locks => new LockReader();

    /// <inheritdoc/>
    public IResolveLock Resolver => new LockResolver(_powerShellData, BaseImagePaths.FromEnvironment, new KnownBases(OpenBaseAsync));

    /// <inheritdoc/>
    public IWriteLock LockWriter => new LockWriter();

    /// <inheritdoc/>
    public ITestLock LockTester => new LockTester(_powerShellData, BaseImagePaths.FromEnvironment);

    /// <inheritdoc/>
    public ISavePackages PackageSaver => new PackageSaver(_powerShellData, BaseImagePaths.FromEnvironment);

    /// <inheritdoc/>
    public IBuildImage Builder => BuilderOn(Cache);

    private ImageBuilder BuilderOn(Func<ContentCache> at) => new(at, (request, cache, reporter) => new MirroredPackages(request, _powerShellData, cache, reporter), text => ImageDestinations.Parse(text, BaseImagePaths.FromEnvironment(), Engines), OpenBaseAsync, Trust);

    private BaseTrust Trust => new(SignatureTester, OpenPlaceAsync);

    // A place where bases lie; empty for the store.
    private Task<IImageSource> OpenPlaceAsync(string text, CancellationToken cancellationToken)
        => ImageSources.OpenAsync(text.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(text), BaseImagePaths.FromEnvironment(), Engines, cancellationToken);

    private Task<IImageSource> OpenBaseAsync(ImageReference reference, CancellationToken cancellationToken)
        => ImageSources.OpenAsync(reference, BaseImagePaths.FromEnvironment(), Engines, cancellationToken);

    /// <inheritdoc/>
    public IBuildDockerfile DockerfileBuilder => new DockerfileBuilder(Engines, new DockerfileSettingsReader(new DataFiles(_powerShellData)), text => ImageDestinations.Parse(text, BaseImagePaths.FromEnvironment(), Engines),
        OpenPlaceAsync, Trust, TimeProvider.System);

    /// <inheritdoc/>
    public IReadImages Images => new ImageReading(BaseImagePaths.FromEnvironment, Engines);

    /// <inheritdoc/>
    public IFindImages Finder => new ImageFinder(Registries, Cache);

    /// <inheritdoc/>
    public IPublishImage Publisher => new ProvenPublisher(new ImagePublisher(BaseImagePaths.FromEnvironment, Engines, Copier), Signer, Attester);

    /// <inheritdoc/>
    public ICopyImage Copier => new ImageCopier(BaseImagePaths.FromEnvironment, Engines);

    /// <inheritdoc/>
    public IReadImageFiles Files => new ImageFileReading(BaseImagePaths.FromEnvironment, Engines);

    /// <inheritdoc/>
    public IReadImagePackages Packages => new ImagePackageReading(BaseImagePaths.FromEnvironment, Engines);

    /// <inheritdoc/>
    public ICompareImages Comparer => new ImageComparer(
        BaseImagePaths.FromEnvironment,
        address => address is null ? Engines : new EngineImages(_shared.Connections, address, Cache, _shared.Batches) { Registries = Registries },
        new ShelvedLayers(Layers),
        Cache,
        SafeText.Of,
        async (path, token) => new HistoryMap(await DockerfileReader.ReadAsync(path, token).ConfigureAwait(false)));

    /// <inheritdoc/>
    public ITestReproducibility Reproducibility => new ReproducibilityTester(
        root =>
        {
            ContentCache? own = root is null ? null : ContentCache.Open(root);
            return (BuilderOn(() => own ?? Cache()), own);
        },
        DockerfileBuilder,
        async (request, token) => (request.SettingsPath ?? DockerfileSettingsReader.Find(request.Path)) is { } settings
            ? (await new DockerfileSettingsReader(new DataFiles(_powerShellData)).ReadAsync(settings, token).ConfigureAwait(false)).Context
            : "",
        Comparer,
        () => Cache().NewTemporaryPath());

    /// <inheritdoc/>
    public IAuditImage Auditor => new Auditor(Facts, RuleCatalogue.Instance, new PolicyReader(new DataFiles(_powerShellData), RuleCatalogue.Instance), TimeProvider.System, Prober, new SignatureFactsSource(SignatureTester, AttestationTester));

    /// <inheritdoc/>
    public IOptimizeImage Optimizer => new ImageOptimizer(BaseImagePaths.FromEnvironment, Facts, new PolicyReader(new DataFiles(_powerShellData), RuleCatalogue.Instance), new StartProof(Prober), new TraceRecorder(Prober), Cache,
        text => ImageDestinations.Parse(text, BaseImagePaths.FromEnvironment(), Engines), Engines);

    /// <inheritdoc/>
    public IAuditDockerfile DockerfileAuditor => new DockerfileAuditor(RuleCatalogue.Instance, new PolicyReader(new DataFiles(_powerShellData), RuleCatalogue.Instance), TimeProvider.System);

    /// <inheritdoc/>
    public IPinDockerfile DockerfilePinner => new DockerfilePinner(
        async token => await _shared.Connections.OpenAsync(_address, token).ConfigureAwait(false),
        async (url, reporter, token) => (await new Downloads(Cache(), reporter).FetchAsync(url, default, offline: false, token).ConfigureAwait(false)).Sha256,
        (name, token) => Registries.FindAsync(ImageReference.Parse("docker://" + name.Tagged), token));

    /// <inheritdoc/>
    public IWriteDockerfile DockerfileWriter { get; } = new DockerfileWriter();

    /// <inheritdoc/>
    public ISignImage Signer => new ImageSigner(OpenArtifactsAsync, TimeProvider.System);

    /// <inheritdoc/>
    public IReadSignatures Signatures => new SignatureListing(OpenArtifactsAsync);

    /// <inheritdoc/>
    public ITestSignature SignatureTester => new SignatureTester(OpenArtifactsAsync, TimeProvider.System);

    /// <inheritdoc/>
    public IMeasureImage Surfaces => new SurfaceMeasure(Facts, RuleCatalogue.Instance);

    /// <inheritdoc/>
    public IListRules Rules => RuleCatalogue.Instance;

    /// <inheritdoc/>
    public IEditPolicy PolicyEditor => new PolicyEditor(new DataFiles(_powerShellData), new PolicyReader(new DataFiles(_powerShellData), RuleCatalogue.Instance), TimeProvider.System, BaseImagePaths.FromEnvironment);

    /// <inheritdoc/>
    public IExportReport Reports => new ReportExporter(new ImageFills(Facts));

    /// <inheritdoc/>
    public IExportSbom Sboms => new SbomExporter(BaseImagePaths.FromEnvironment, Engines);

    /// <inheritdoc/>
    public IMaskSecrets Secrets => new Auditing.Secrets.SecretMask();

    /// <inheritdoc/>
    public IAttestImage Attester => new ImageAttester(BaseImagePaths.FromEnvironment, OpenArtifactsAsync, Engines, new BuildDescriber(new DockerfileSettingsReader(new DataFiles(_powerShellData)), Cache, BaseImagePaths.FromEnvironment, OpenPlaceAsync, Engines));

    /// <inheritdoc/>
    public IReadAttestations Attestations => new AttestationReading(OpenArtifactsAsync);

    /// <inheritdoc/>
    public ITestAttestation AttestationTester => new AttestationTester(OpenArtifactsAsync, TimeProvider.System);

    /// <inheritdoc/>
    public IMaintainCache CacheMaintenance => new CacheMaintenance(BaseImagePaths.FromEnvironment);

    /// <inheritdoc/>
    public void Dispose() => _shared.Dispose();

    private Task<IArtifactStore> OpenArtifactsAsync(ImageReference reference, CancellationToken cancellationToken)
        => ArtifactStores.OpenAsync(reference, BaseImagePaths.FromEnvironment(), cancellationToken, Registries);

    private EngineImages Engines => new(_shared.Connections, _address, Cache, _shared.Batches) { Registries = Registries };

    private RegistryImages Registries => new(_registries, _powerShellData, BaseImagePaths.FromEnvironment, Cache);

    private RuntimeProber Prober => new(async token => await _shared.Connections.OpenAsync(_address, token).ConfigureAwait(false), () => Cache().NewTemporaryPath(), TimeProvider.System);

    // The folder is read when it is needed: a session may set BASEIMAGE_CACHE after importing the module.
    private ContentCache Cache() => _shared.Caches.Get(BaseImagePaths.FromEnvironment().CacheRoot);

    private InspectionFacts Facts => new(BaseImagePaths.FromEnvironment, Layers, new EngineImages(_shared.Connections, _address, Cache, _shared.Batches) { IsKnown = Layers.Has, Registries = Registries });

    private LayerShelf Layers => _shared.Layers(Cache);

    // What every engine of a session holds in common, whichever container engine it means.
    private sealed class Shared : IDisposable
    {
        internal SharedCaches Caches { get; } = new();

        internal EngineConnections Connections { get; } = new(Environment.GetEnvironmentVariable);

        internal EngineBatches Batches { get; } = new();

        private LayerShelf? _layers;

        internal LayerShelf Layers(Func<ContentCache> cache) => LazyInitializer.EnsureInitialized(ref _layers, () => new LayerShelf(cache));

        public void Dispose()
        {
            Connections.Dispose();
            Caches.Dispose();
        }
    }
}
