using System.Globalization;
using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Lets a span of time be given as a number of days, or as <c>90m</c>, <c>12h</c>, <c>30d</c> or <c>4w</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AgeTransformationAttribute : ArgumentTransformationAttribute
{
    private const double MaxDays = 100 * 365;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            int days => Days(days, inputData),
            long days => Days(days, inputData),
            double days => Days(days, inputData),
            string text when text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && DaysOf(text[^1]) is { } unit
                => Days(number * unit, inputData),
            string text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double days) => Days(days, inputData),
            string text => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan span) && span >= TimeSpan.Zero ? span
                : throw new ArgumentTransformationMetadataException($"'{text}' is no span of time: give days, or a number with m, h, d or w, for instance 12h or 30d."),
            TimeSpan span when span < TimeSpan.Zero => throw new ArgumentTransformationMetadataException($"'{span}' lies in the future: give a positive span."),
            _ => inputData,
        };
    }

    private static double? DaysOf(char unit) => char.ToLowerInvariant(unit) switch
    {
        'm' => 1.0 / (24 * 60),
        'h' => 1.0 / 24,
        'd' => 1,
        'w' => 7,
        _ => null,
    };

    private static TimeSpan Days(double days, object input) => days is >= 0 and <= MaxDays ? TimeSpan.FromDays(days)
        : throw new ArgumentTransformationMetadataException($"'{input}' is no span of time between now and a hundred years ago.");
}
