namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Something that a builder would refuse.</summary>
/// <param name="Line">Where, from 1.</param>
/// <param name="Column">Where, in characters from 1.</param>
/// <param name="Message">What is wrong, in one sentence.</param>
/// <param name="Hint">What to write instead.</param>
internal sealed record DockerfileProblem(int Line, int Column, string Message, string Hint);
