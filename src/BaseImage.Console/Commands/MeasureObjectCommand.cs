using System.Globalization;
using System.Management.Automation;

namespace BaseImage.Terminal.Commands;

/// <summary>What was measured; null where it was not asked for.</summary>
/// <param name="Count">How many values.</param>
/// <param name="Average">Their mean.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Property">The property.</param>
public sealed record Measurement(int Count, double? Average, double? Sum, object? Maximum, object? Minimum, string? Property);

/// <summary>Measure-Object, for its common parameters.</summary>
[Cmdlet("Measure", "Object")]
[OutputType(typeof(Measurement))]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The properties to measure; the objects themselves where none is given.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Adds up.</summary>
    [Parameter]
    public SwitchParameter Sum { get; set; }

    /// <summary>Takes the mean.</summary>
    [Parameter]
    public SwitchParameter Average { get; set; }

    /// <summary>Finds the largest.</summary>
    [Parameter]
    public SwitchParameter Maximum { get; set; }

    /// <summary>Finds the smallest.</summary>
    [Parameter]
    public SwitchParameter Minimum { get; set; }

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
        if (Property.Length == 0)
        {
            WriteObject(Measure([.. _items], null));
            return;
        }

        foreach (PropertyExpression property in Property.Select(PropertyExpression.Parse))
        {
            WriteObject(Measure([.. _items.Select(property.Evaluate).Where(value => value is not null)], property.Text));
        }
    }

    private Measurement Measure(object?[] values, string? property)
    {
        double? sum = Sum || Average ? values.Sum(value => (double)LanguagePrimitives.ConvertTo(value, typeof(double), CultureInfo.InvariantCulture)) : null;
        ObjectComparer comparer = new(caseSensitive: false);
        return new Measurement(
            values.Length,
            Average && values.Length > 0 ? sum / values.Length : null,
            Sum ? sum : null,
            Maximum && values.Length > 0 ? values.Max(comparer) : null,
            Minimum && values.Length > 0 ? values.Min(comparer) : null,
            property);
    }
}
