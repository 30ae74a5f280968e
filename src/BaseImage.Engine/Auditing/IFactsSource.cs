using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing;

/// <summary>Where the auditor gets facts.</summary>
internal interface IFactsSource
{
    /// <summary>The platforms of every image that a reference names, documents read and layers not yet.</summary>
    /// <param name="reference">In skopeo's notation, paths already full.</param>
    /// <param name="platform">The one platform wanted; null for each.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IFactsSession> OpenAsync(string reference, Platform? platform, CancellationToken cancellationToken);

    /// <summary>The same for an audit of several images, which share what they have in common.</summary>
    /// <param name="scope">The audit; null for one of this request alone.</param>
    IFactsSource Within(AuditScope? scope) => this;
}

/// <summary>Images that were opened; disposed of after their facts.</summary>
internal interface IFactsSession : IAsyncDisposable
{
    /// <summary>One item an image and platform.</summary>
    IReadOnlyList<PendingFacts> Items { get; }

    /// <summary>Images beside them that cannot be read.</summary>
    IReadOnlyList<ImageFailure> Failures => [];
}

/// <summary>An image and platform whose layers wait to be read.</summary>
/// <param name="Image">The image, pinned.</param>
/// <param name="Platform">The platform.</param>
/// <param name="Digest">The manifest's digest, or the ImageId.</param>
/// <param name="ReadAsync">Gathers the facts in one pass over the layers; with files false the layers are not read.</param>
internal sealed record PendingFacts(string Image, Platform Platform, Digest Digest, Func<bool, CancellationToken, Task<ImageFacts>> ReadAsync)
{
    /// <summary>The image's name without tag and digest, as in <see cref="ImageFacts.Name"/>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Reads the contents of the files that are asked for, by path; files of more than 1 MiB are left out. Null where nothing can be read.</summary>
    public Func<Func<string, bool>, CancellationToken, Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>>>? ContentsAsync { get; init; }

    /// <summary>What to run for the run-time rules; null where there is nothing that an engine could be given.</summary>
    public RuntimeTarget? Target { get; init; }
}
