namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Puts instructions into stages.</summary>
internal static class StageBuilder
{
    /// <summary>The stages, in order; what stands before the first FROM belongs to none.</summary>
    public static IReadOnlyList<DockerfileStage> Build(IReadOnlyList<DockerfileInstruction> instructions)
    {
        List<DockerfileStage> stages = [];
        Dictionary<string, DockerfileStage> named = new(StringComparer.Ordinal);
        List<DockerfileInstruction>? body = null;
        foreach (DockerfileInstruction instruction in instructions)
        {
            if (instruction.Name != "FROM")
            {
                body?.Add(instruction);
                continue;
            }

            DockerfileWord? source = instruction.Arguments.Count > 0 ? instruction.Arguments[0] : null;
            DockerfileStage stage = new()
            {
                Index = stages.Count,
                From = instruction,
                Base = source,
                Alias = instruction.Arguments.Count == 3 && instruction.Arguments[1].Text.Equals("as", StringComparison.OrdinalIgnoreCase) ? instruction.Arguments[2] : null,
                Parent = source is not null && named.TryGetValue(source.Text.ToLowerInvariant(), out DockerfileStage? parent) ? parent : null,
                Instructions = body = [],
            };
            stages.Add(stage);
            if (stage.Name is { } name)
            {
                named[name] = stage;
            }
        }

        return stages;
    }

    /// <summary>The stage that COPY --from or a mount's from names, by name or number; null for none, which means an image.</summary>
    /// <param name="stages">The file's stages.</param>
    /// <param name="before">Only stages before this number count.</param>
    /// <param name="name">A name or a number.</param>
    public static DockerfileStage? Find(IReadOnlyList<DockerfileStage> stages, int before, string name)
    {
        string lower = name.ToLowerInvariant();
        DockerfileStage? named = stages.Take(before).LastOrDefault(stage => stage.Name == lower);
        return named ?? (int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index) && index < before && index < stages.Count ? stages[index] : null);
    }
}
