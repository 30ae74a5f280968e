using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Building.ContainerBuild.Output;

/// <summary>
/// Follows a build by its messages: which step is on, what it prints, and why it failed. What a step prints may look like a
/// step's beginning; it is believed only where that step comes next.
/// </summary>
internal sealed partial class BuildTranscript
{
    private const string Activity = "Building Dockerfile";

    private readonly IReadOnlyList<SentStep> _steps;
    private readonly string _path;
    private readonly IReadOnlyList<string> _secrets;
    private readonly IReporter _reporter;
    private readonly BuildKitSteps _graph;
    private OutputLines _output;
    private SentStep? _step;
    private string _count = "";
    private int _begun;

    /// <summary>Makes one.</summary>
    /// <param name="steps">The steps that were sent.</param>
    /// <param name="path">The Dockerfile.</param>
    /// <param name="secrets">What is masked.</param>
    /// <param name="reporter">Told what happens.</param>
    public BuildTranscript(IReadOnlyList<SentStep> steps, string path, IReadOnlyList<string> secrets, IReporter reporter)
    {
        (_steps, _path, _secrets, _reporter) = (steps, path, secrets, reporter);
        _output = NewOutput();
        _graph = new BuildKitSteps(steps, NewOutput, (step, count, text) => Tell(step, count, text));
    }

    /// <summary>Takes a message.</summary>
    /// <exception cref="BuildStepFailedException">It says that the build failed.</exception>
    /// <exception cref="InvalidDataException">It is none that an engine sends.</exception>
    public void Take(JObject message)
    {
        if (message["error"] is JValue { Value: string { Length: > 0 } error })
        {
            throw Failure(error, message["errorDetail"] as JObject);
        }

        if (message["stream"] is JValue { Value: string text })
        {
            Stream(text);
        }
        else if (message["aux"] is JValue { Value: string trace } && (string?)message["id"] == "moby.buildkit.trace")
        {
            byte[] bytes = new byte[(trace.Length / 4 * 3) + 3];
            _graph.Take(BuildKitStatus.Read(Convert.TryFromBase64String(trace, bytes, out int length) ? bytes.AsSpan(0, length) : throw new InvalidDataException("a trace that is no base64")));
        }
        else if (message["status"] is JValue { Value: string status })
        {
            _output.Take(status + "\n");
        }
    }

    /// <summary>Ends the progress.</summary>
    public void End()
    {
        _output.End();
        _reporter.Progress(new ProgressUpdate(Activity, "", 1, 1, Completed: true));
    }

    private void Stream(string text)
    {
        Match match = Beginning().Match(text);
        if (match.Success && Next(match) is { } next)
        {
            _output.End();
            _output = NewOutput();
            Tell(next, $"{match.Groups["n"].Value}/{match.Groups["m"].Value}", match.Groups["text"].Value);
            return;
        }

        // What the classic builder says of its own doings is nothing that the step prints.
        if (!Chatter().IsMatch(text))
        {
            _output.Take(text);
        }
    }

    // The step that the engine says begins, where it is the one that comes next.
    private SentStep? Next(Match match)
    {
        if (!int.TryParse(match.Groups["n"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return null;
        }

        // Docker counts through; Podman begins again with every stage, and leaves stages out that nothing needs.
        bool podman = match.Groups["podman"].Success;
        SentStep? next = null;
        for (int i = _begun; i < _steps.Count && next is null; i++)
        {
            bool same = podman ? _steps[i].Number == number && Says(_steps[i], match.Groups["text"].Value) : i + 1 == number;
            next = same ? _steps[i] : null;
            _begun = same ? i + 1 : _begun;
            if (!podman)
            {
                break;
            }
        }

        return next;
    }

    private static bool Says(SentStep step, string text)
        => text.TrimStart().StartsWith(step.Instruction?.Name ?? "", StringComparison.OrdinalIgnoreCase);

    private void Tell(SentStep? step, string count, string text)
    {
        // What is added to every stage is nobody's step.
        (_step, _count) = (step, count);
        if (step is { Instruction: null })
        {
            return;
        }

        string command = step?.Instruction is { } instruction ? Command(instruction) : OutputLines.Clean(text, _secrets);
        _reporter.Verbose($"Step {count}: {command}");
        int done = step is null ? 0 : _steps.TakeWhile(other => !ReferenceEquals(other, step)).Count();
        _reporter.Progress(new ProgressUpdate(Activity, command.Length > 120 ? command[..120] + "…" : command, done, _steps.Count));
    }

    private OutputLines NewOutput() => new(line => _reporter.Verbose("  " + line), _secrets);

    private string Command(DockerfileInstruction instruction) => OutputLines.Clean($"{instruction.Name} {instruction.ArgumentText.Trim()}", _secrets);

    private BuildStepFailedException Failure(string error, JObject? detail)
    {
        string answer = OutputLines.Clean(error.ReplaceLineEndings(" "), _secrets);
        answer = EngineText.Safe(answer);
        int? code = detail?["code"] is JValue { Value: long number and > 0 and < 256 } ? (int)number : null;
        if (code is null && ExitCode().Match(error) is { Success: true } match)
        {
            code = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        }

        // BuildKit runs steps beside each other, so that the one that failed need not be the last that began.
        (SentStep? step, string count, OutputLines output) = _graph.Failed ?? (_step, _count, _output);
        DockerfileInstruction? instruction = step?.Instruction;
        return new BuildStepFailedException(_path, instruction?.Line ?? 0, count, instruction is null ? "" : Command(instruction), code, answer, output.Last);
    }

    [GeneratedRegex(@"^(?:Step (?<n>\d{1,5})/(?<m>\d{1,5}) : (?<text>.*)|(?<podman>(?:\[\d+/\d+\] )?STEP) (?<n>\d{1,5})/(?<m>\d{1,5}): (?<text>.*))$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Beginning();

    [GeneratedRegex(@"^(?: ---> (?:Running in )?[0-9a-f]{12}| ---> Using cache|Removing intermediate container [0-9a-f]{12}|-->( Using cache)? [0-9a-f]{10,64})\n?$", RegexOptions.CultureInvariant)]
    private static partial Regex Chatter();

    [GeneratedRegex(@"(?:exit code:|exit status|non-zero code:) (\d{1,3})(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex ExitCode();
}
