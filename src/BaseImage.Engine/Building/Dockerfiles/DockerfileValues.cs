namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>What an instruction says once variables are put in.</summary>
/// <param name="Arguments">Each argument; null where it depends on something that only a build knows. Of ARG, ENV and LABEL each value.</param>
/// <param name="Undefined">Variables that it names and that nothing sets.</param>
/// <param name="Used">Variables that it names.</param>
internal sealed record DockerfileValues(IReadOnlyList<string?> Arguments, IReadOnlyList<string> Undefined, IReadOnlyList<string> Used);
