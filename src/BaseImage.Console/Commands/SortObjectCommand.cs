using System.Management.Automation;

namespace BaseImage.Terminal.Commands;

/// <summary>Sort-Object, for its common parameters.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to sort by: names, script blocks, tables of Expression and Descending.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Largest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>Each value once.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <summary>Upper and lower case are different.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>How many to write.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Top { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        ObjectComparer comparer = new(CaseSensitive);
        PropertyExpression[] keys = [.. Property.Select(PropertyExpression.Parse)];
        bool[] descending = [.. keys.Select(key => key.Descending ?? Descending.IsPresent)];
        (PSObject Item, object?[] Keys)[] rows = [.. _items.Select(item => (item, keys.Length == 0 ? [item.BaseObject] : keys.Select(key => key.Evaluate(item)).ToArray()))];
        Comparer<object?[]> order = Comparer<object?[]>.Create((left, right) =>
        {
            for (int i = 0; i < left.Length; i++)
            {
                int difference = comparer.Compare(left[i], right[i]);
                if (difference != 0)
                {
                    return (keys.Length == 0 ? Descending : descending[i]) ? -difference : difference;
                }
            }

            return 0;
        });
        int written = 0;
        object?[]? before = null;
        foreach ((PSObject item, object?[] key) in rows.OrderBy(row => row.Keys, order))
        {
            if (Top is not null && written >= Top)
            {
                return;
            }

            if (!Unique || before is null || order.Compare(before, key) != 0)
            {
                WriteObject(item);
                written++;
            }

            before = key;
        }
    }
}
