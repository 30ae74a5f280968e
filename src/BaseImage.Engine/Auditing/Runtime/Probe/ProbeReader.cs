using System.Globalization;
using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Runtime.Probe;

/// <summary>
/// Reads the probe's lines as they come. Contents are hexadecimal, so no process can write a line through its name or
/// its files; anything that is not such a line is an error, and never passed over.
/// </summary>
internal sealed class ProbeReader
{
    private const int MaximumLine = 8 * 1024;
    private const int MaximumBytes = 16 * 1024 * 1024;
    private readonly List<byte> _line = [];
    private readonly List<byte> _content = [];
    private const int MaximumPath = 4096;
    private (char Kind, long Pid, string File)? _open;
    private readonly Dictionary<long, LayerPath> _programs = [];
    private long _total;

    /// <summary>What was said so far.</summary>
    public ProbeReport Report { get; } = new();

    /// <summary>Takes output in pieces of any size.</summary>
    /// <exception cref="InvalidDataException">It is not the probe's.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _total += bytes.Length;
        if (_total > MaximumBytes)
        {
            throw new InvalidDataException("The probe said more than it can have to say.");
        }

        foreach (byte value in bytes)
        {
            if (value == '\n')
            {
                Line(Encoding.Latin1.GetString([.. _line]));
                _line.Clear();
            }
            else if (_line.Count < MaximumLine)
            {
                _line.Add(value);
            }
            else
            {
                throw new InvalidDataException("The probe's output has a line that is too long.");
            }
        }
    }

    private void Line(string line)
    {
        string[] parts = line.Split(' ');
        if (parts is ["+", var more] && _open is not null)
        {
            _content.AddRange(Bytes(more, line));
            return;
        }

        Close();
        switch (parts)
        {
            case ["F" or "W", var pid, var file, var hex]:
                _open = (parts[0][0], Number(pid, line), file);
                _content.AddRange(Bytes(hex, line));
                break;
            case ["M", var pid, var how, var hex]:
                _open = Touches.Kinds.ContainsKey(how) ? ('M', Number(pid, line), how) : throw Unknown(line);
                _content.AddRange(Bytes(hex, line));
                break;
            case ["N", var pid, var file, var error]:
                Refused(Number(pid, line), file, Number(error, line));
                break;
            case ["P", var pid]:
                Report.Program = Number(pid, line);
                if (Report.Identities.Count > 0)
                {
                    Report.Given = Report.Identities[^1];
                    Report.Identities.RemoveAt(Report.Identities.Count - 1);
                }

                break;
            case ["X", var error]:
                Report.ExecuteError = (int)Number(error, line);
                break;
            case ["Z", var pid, var status]:
                Report.Ends.Add(new ProcessEnd(Number(pid, line), (int)Number(status, line)));
                break;
            case ["L", var name, var count]:
                Report.Load[name] = Number(count, line);
                break;
            case ["T"]:
                Report.StillRuns = true;
                break;
            case ["E"]:
                Report.IsComplete = true;
                break;
            default:
                throw Unknown(line);
        }
    }

    private void Close()
    {
        if (_open is not var (kind, pid, file))
        {
            return;
        }

        byte[] content = [.. _content];
        _open = null;
        _content.Clear();
        if (kind == 'M')
        {
            Touched(pid, file, content);
        }
        else if (kind == 'W' || file == "status")
        {
            // A process that ended while it was read leaves nothing.
            if (content.Length > 0)
            {
                (kind == 'W' ? Report.Identities : Report.AtEnd).Add(ProcessStatus.Parse(pid, content));
            }
        }
        else
        {
            Report.Files[(pid, file)] = content;
        }
    }

    // What the kernel gives is the path of a file that it has: absolute, and never longer than a path can be.
    private void Touched(long pid, string how, byte[] content)
    {
        if (content.Length > MaximumPath || content is not [(byte)'/', ..] || !LayerPath.TryCreate(content, out LayerPath path))
        {
            throw new InvalidDataException("The probe's output has a path that is none.");
        }

        if (Touches.Kinds[how] is Touch.Executed)
        {
            _programs[pid] = path;
        }

        Report.Touches.Add(_programs.GetValueOrDefault(pid), path, Touches.Kinds[how]);
    }

    private void Refused(long pid, string file, int error)
    {
        if (pid == 0 && file == "paths")
        {
            Report.Touches.IsFull = true;
        }
        else if (Touches.Kinds.ContainsKey(file) && error > 0)
        {
            Report.Touches.Unseen++;
        }
    }

    private static byte[] Bytes(string hex, string line)
    {
        try
        {
            return Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            throw Unknown(line);
        }
    }

    private static int Number(string text, string line)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw Unknown(line);

    private static InvalidDataException Unknown(string line) => new($"The probe's output has a line that the probe does not write: '{(line.Length > 80 ? line[..80] : line)}'.");
}
