using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.Pinning;

/// <summary>
/// Pins a Dockerfile: images to the digests that their tags have now, downloads to the SHA-256 of their bytes. Every other
/// byte of the file stays, and what is pinned stays as it is unless an update is asked for.
/// </summary>
/// <param name="engineAsync">Meets the engine that is asked for tags.</param>
/// <param name="downloadAsync">Gives the digest of a download.</param>
/// <param name="registryAsync">Asks a name's registry itself, where there is no engine; null not to.</param>
internal sealed class DockerfilePinner(Func<CancellationToken, Task<IContainerEngine>> engineAsync, Func<string, IReporter, CancellationToken, Task<Digest>> downloadAsync, Func<ImageName, CancellationToken, Task<Digest>>? registryAsync = null) : IPinDockerfile
{
    /// <inheritdoc/>
    public async Task<PinnedDockerfile> PinAsync(DockerfilePinRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        Dockerfile file = await DockerfileReader.ReadAsync(request.Path, cancellationToken).ConfigureAwait(false);
        if (DockerfileReader.Failure(file, request.Path) is { } failure)
        {
            throw failure;
        }

        Pinning pinning = new(file, request, new TagResolver(engineAsync, request.MayPull, registryAsync), (url, token) => downloadAsync(url, reporter, token));
        foreach (PinPlace place in PinPlace.Find(file))
        {
            await pinning.ImageAsync(place, cancellationToken).ConfigureAwait(false);
        }

        foreach (RemoteSource source in RemoteSource.Find(file))
        {
            await pinning.DownloadAsync(source, cancellationToken).ConfigureAwait(false);
        }

        return new PinnedDockerfile(request.Path, [.. pinning.Changes.OrderBy(change => change.Line)], file.Write(pinning.Edits), Digest.Of(file.Source.Bytes));
    }

    private sealed class Pinning(Dockerfile file, DockerfilePinRequest request, TagResolver tags, Func<string, CancellationToken, Task<Digest>> downloadAsync)
    {
        private readonly PinComments _comments = new(file);
        private readonly HashSet<(int, string)> _commented = [];
        private readonly string _lineEnd = file.Source.Text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

        public List<DockerfileChange> Changes { get; } = [];

        public List<(SourceSpan Span, string Text)> Edits { get; } = [];

        public async Task ImageAsync(PinPlace place, CancellationToken cancellationToken)
        {
            ImageName? written = place.Name.Length > 0 ? ImageName.Parse(place.Name) : null;
            if (written is null || place.Span is not { } span)
            {
                Add(place.Instruction, place.Name, default, default, written is null && place.Reason.Length == 0 ? "it is no image's name" : place.Reason);
                return;
            }

            ImageName? kept = written.Tag.Length > 0 ? written : _comments.Find(place.Instruction, written.Repository);
            if (!written.Digest.IsEmpty && (!request.Update || kept is null))
            {
                if (request.Update)
                {
                    Add(place.Instruction, place.Name, written.Digest, default, "it has a digest and no tag to ask for: put '# pinned: NAME:TAG' above it");
                }

                return;
            }

            ImageName asked = kept ?? written;
            (Digest digest, string remark) = await tags.ResolveAsync(asked, cancellationToken).ConfigureAwait(false);
            if (digest.IsEmpty || digest == written.Digest)
            {
                if (digest.IsEmpty)
                {
                    Add(place.Instruction, asked.Tagged, written.Digest, default, remark);
                }

                return;
            }

            Add(place.Instruction, asked.Tagged, written.Digest, digest, remark);
            // A tag beside a digest that somebody wrote stays where it is; otherwise the comment keeps it.
            bool beside = written.Tag.Length > 0 && !written.Digest.IsEmpty;
            Edits.Add((span, beside ? $"{written.Tagged}@{digest}" : $"{written.Repository}@{digest}"));
            if (!beside && _comments.Find(place.Instruction, asked.Repository) != asked && _commented.Add((place.Instruction.Span.Start, asked.Tagged)))
            {
                Edits.Add((new SourceSpan(place.Instruction.Span.Start, 0), PinComments.Line(asked, _lineEnd)));
            }
        }

        public async Task DownloadAsync(RemoteSource source, CancellationToken cancellationToken)
        {
            if (source.Reason.Length > 0 || (!source.Checksum.IsEmpty && !request.Update))
            {
                if (source.Reason.Length > 0 && source.Checksum.IsEmpty)
                {
                    Add(source.Instruction, source.Shown, default, default, source.Reason);
                }

                return;
            }

            Digest digest = await downloadAsync(source.Url, cancellationToken).ConfigureAwait(false);
            if (digest == source.Checksum)
            {
                return;
            }

            Add(source.Instruction, source.Shown, source.Checksum, digest, "");
            Edits.Add(source.Span.Length > 0 ? (source.Span, digest.ToString()) : (source.Span, $" --checksum={digest}"));
        }

        private void Add(DockerfileInstruction instruction, string name, Digest old, Digest made, string reason) => Changes.Add(new DockerfileChange
        {
            Kind = made.IsEmpty ? DockerfileChangeKind.Skipped : old.IsEmpty ? DockerfileChangeKind.Pinned : DockerfileChangeKind.Updated,
            Path = request.Path,
            Line = instruction.Line,
            Instruction = instruction.Name,
            Name = name,
            OldDigest = old,
            NewDigest = made,
            Reason = reason,
        });
    }
}
