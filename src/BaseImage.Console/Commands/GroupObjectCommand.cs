using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;

namespace BaseImage.Terminal.Commands;

/// <summary>One group.</summary>
/// <param name="Count">How many objects.</param>
/// <param name="Name">What they have in common.</param>
/// <param name="Group">The objects; empty with -NoElement.</param>
public sealed record ObjectGroup(int Count, string Name, Collection<PSObject> Group);

/// <summary>Group-Object, for its common parameters.</summary>
[Cmdlet("Group", "Object")]
[OutputType(typeof(ObjectGroup), typeof(Hashtable))]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<(string Name, object? Key, Collection<PSObject> Items)> _groups = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.CurrentCultureIgnoreCase);

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to group by.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Leaves the objects out.</summary>
    [Parameter]
    public SwitchParameter NoElement { get; set; }

    /// <summary>Writes one table, by name.</summary>
    [Parameter]
    public SwitchParameter AsHashTable { get; set; }

    /// <summary>Makes the table's keys strings.</summary>
    [Parameter]
    public SwitchParameter AsString { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        object?[] values = Property.Length == 0 ? [InputObject.BaseObject] : [.. Property.Select(item => PropertyExpression.Parse(item).Evaluate(InputObject))];
        string name = string.Join(", ", values.Select(value => value?.ToString() ?? ""));
        if (!_index.TryGetValue(name, out int at))
        {
            _index[name] = at = _groups.Count;
            _groups.Add((name, values is [var single] ? single : name, []));
        }

        _groups[at].Items.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (AsHashTable)
        {
            Hashtable table = new(StringComparer.CurrentCultureIgnoreCase);
            foreach ((string name, object? key, Collection<PSObject> items) in _groups)
            {
                table[AsString || key is null ? name : key is PSObject wrapped ? wrapped.BaseObject : key] = items.ToArray();
            }

            WriteObject(table);
            return;
        }

        ObjectComparer comparer = new(caseSensitive: false);
        foreach ((string name, _, Collection<PSObject> items) in _groups.OrderBy(group => group.Key, comparer))
        {
            WriteObject(new ObjectGroup(items.Count, name, NoElement ? [] : items));
        }
    }
}
