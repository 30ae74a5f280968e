using System.Management.Automation;

namespace BaseImage.Terminal;

/// <summary>One line of progress on standard error, only at a terminal.</summary>
internal sealed class ProgressLine
{
    private readonly object _gate = new();
    private readonly SortedDictionary<int, ProgressRecord> _active = [];
    private bool _shown;

    internal void Show(ProgressRecord record)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        lock (_gate)
        {
            if (record.RecordType == ProgressRecordType.Completed)
            {
                _active.Remove(record.ActivityId);
                Erase();
            }
            else
            {
                _active[record.ActivityId] = record;
            }

            if (_active.Count > 0)
            {
                string text = string.Join("  ", _active.Values.Select(r => $"{r.Activity}{(r.PercentComplete >= 0 ? $" {r.PercentComplete}%" : "")} {r.StatusDescription}".Trim()));
                int width = Math.Max(Console.WindowWidth - 1, 20);
                Console.Error.Write("\r\e[K" + (text.Length > width ? text[..width] : text));
                _shown = true;
            }
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            Erase();
        }
    }

    private void Erase()
    {
        if (_shown)
        {
            Console.Error.Write("\r\e[K");
            _shown = false;
        }
    }
}
