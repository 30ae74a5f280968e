using System.Globalization;
using System.Runtime.CompilerServices;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;
using BaseImage.Engine.Inspection;

namespace BaseImage.Engine.Auditing;

/// <summary>A step of an image's history, as far as it says what was done.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Instruction">The Dockerfile's instruction in capitals; empty where none can be told.</param>
/// <param name="Text">What stands behind it.</param>
internal sealed record HistoryStep(int Number, string Instruction, string Text)
{
    private const int MaximumScript = 64 * 1024;

    private IReadOnlyList<ShellCommand>? _commands;

    /// <summary>What tells its findings from others, stable as long as the steps before it do not change.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"history:{Number}");

    /// <summary>The words of the text.</summary>
    public IReadOnlyList<string> Words => Text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The commands of a RUN; none of others.</summary>
    public IReadOnlyList<ShellCommand> Commands => _commands ??= Instruction == "RUN" && Text.Length <= MaximumScript ? ShellParser.Parse(DockerfileSource.Encode(Text), _ => Number).Commands : [];
}

/// <summary>Reads histories as builders write them (<see cref="HistoryInstruction"/>).</summary>
internal static class HistorySteps
{
    // Ten rules ask for the same steps.
    private static readonly ConditionalWeakTable<IReadOnlyList<ImageHistory>, IReadOnlyList<HistoryStep>> Read = [];

    /// <summary>The steps of an image, oldest first.</summary>
    public static IReadOnlyList<HistoryStep> Of(ImageFacts facts) => Read.GetValue(facts.History, history => [.. history.Select((step, i) => Parse(i + 1, step.CreatedBy))]);

    /// <summary>Reads one step.</summary>
    public static HistoryStep Parse(int number, string createdBy)
    {
        HistoryInstruction instruction = HistoryInstruction.Parse(createdBy);
        return new HistoryStep(number, instruction.Name, instruction.Text);
    }
}
