using System.Globalization;
using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Lets a time be given as SOURCE_DATE_EPOCH is: whole seconds since 1970 in UTC.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EpochTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            int seconds => DateTimeOffset.FromUnixTimeSeconds(seconds),
            long seconds => FromSeconds(seconds),
            string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) => FromSeconds(seconds),

            // A time without a zone is UTC: a digest must not depend on where it was built.
            string text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
                : throw new ArgumentTransformationMetadataException($"'{text}' is neither seconds since 1970 nor a time such as 2026-01-31T00:00:00Z."),
            DateTime { Kind: DateTimeKind.Unspecified } time => new DateTimeOffset(time, TimeSpan.Zero),
            _ => inputData,
        };
    }

    private static DateTimeOffset FromSeconds(long seconds) => seconds is >= 0 and <= 253402300799 ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : throw new ArgumentTransformationMetadataException($"{seconds} is not a number of seconds since 1970.");
}
