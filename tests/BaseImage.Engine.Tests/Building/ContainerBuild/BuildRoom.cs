using System.Collections.Concurrent;
using BaseImage.Cmdlets.Data;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Building.ContainerBuild;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>The builder of Dockerfiles opened on one engine, with a cache and a store of its own, and all that it said.</summary>
internal sealed class BuildRoom(string host, string? bases = null, TimeProvider? time = null, BaseTrust? trust = null) : IDisposable
{
    private readonly EngineRoom _room = new(host);

    /// <summary>What was said.</summary>
    public SpokenReporter Said { get; } = new();

    public EngineRoom Engine => _room;

    private BaseTrust Trust => trust ?? new BaseTrust(
        new SignatureTester((reference, token) => ArtifactStores.OpenAsync(reference, _room.Paths, token), TimeProvider.System),
        (text, token) => ImageSources.OpenAsync(text.Length > 0 ? ImageReference.Parse(text) : bases is null ? ImageReference.Store("") : ImageReference.Parse("oci:" + bases), _room.Paths, null, token));

    public IBuildDockerfile Builder => new DockerfileBuilder(_room.Engine, new DockerfileSettingsReader(new DataFiles(new PowerShellDataFile())), text => ImageDestinations.Parse(text, _room.Paths, _room.Engine),
        (text, token) => ImageSources.OpenAsync(text.Length > 0 ? ImageReference.Parse(text) : bases is null ? ImageReference.Store("") : ImageReference.Parse("oci:" + bases), _room.Paths, null, token), Trust, time ?? TimeProvider.System);

    public ImageAttester Attester => new(() => _room.Paths, OpenAsync, null, new BuildDescriber(new DockerfileSettingsReader(new DataFiles(new PowerShellDataFile())), () => _room.Engine.Cache, () => _room.Paths, (_, token) => ImageSources.OpenAsync(ImageReference.Store(""), _room.Paths, null, token)));

    public AttestationTester Tester => new(OpenAsync, TimeProvider.System);

    private Task<IArtifactStore> OpenAsync(ImageReference reference, CancellationToken token) => ArtifactStores.OpenAsync(reference, _room.Paths, token);

    public Task<ContainerImage> BuildAsync(DockerfileBuildRequest request) => Builder.BuildAsync(request, Said, TestContext.Current.CancellationToken);

    public void Dispose() => _room.Dispose();

    internal sealed class SpokenReporter : IReporter
    {
        public ConcurrentQueue<string> Details { get; } = new();

        public ConcurrentQueue<string> Warnings { get; } = new();

        public ConcurrentQueue<ProgressUpdate> Steps { get; } = new();

        public string All => string.Join('\n', Details.Concat(Warnings).Concat(Steps.Select(step => step.Status)));

        public void Verbose(string message) => Details.Enqueue(message);

        public void Warning(string message) => Warnings.Enqueue(message);

        public void Progress(ProgressUpdate update) => Steps.Enqueue(update);
    }
}
