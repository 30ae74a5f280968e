using System.Globalization;

namespace BaseImage;

/// <summary>Audit results in numbers: the line that closes a default view.</summary>
public sealed record AuditSummary
{
    /// <summary>How many images and platforms the results speak of.</summary>
    public int Images { get; init; }

    /// <summary>Rows that passed.</summary>
    public int Passed { get; init; }

    /// <summary>Rows that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Rows that could not be evaluated.</summary>
    public int Errors { get; init; }

    /// <summary>Rows that the policy accepts for now.</summary>
    public int Suppressed { get; init; }

    /// <summary>Rows that were not evaluated, for a stated reason.</summary>
    public int Skipped { get; init; }

    /// <summary>The highest severity that failed; null where nothing did.</summary>
    public Severity? Worst { get; init; }

    /// <summary>Counts results.</summary>
    public static AuditSummary Of(IEnumerable<AuditResult> results)
    {
        HashSet<(string, Platform?)> images = [];
        int[] counts = new int[Enum.GetValues<AuditStatus>().Length];
        Severity? worst = null;
        foreach (AuditResult result in results)
        {
            images.Add((result.Image, result.Platform));
            counts[(int)result.Status]++;
            if (result.Status == AuditStatus.Fail && (worst is null || result.Severity > worst))
            {
                worst = result.Severity;
            }
        }

        return new AuditSummary
        {
            Images = images.Count,
            Passed = counts[(int)AuditStatus.Pass],
            Failed = counts[(int)AuditStatus.Fail],
            Errors = counts[(int)AuditStatus.Error],
            Suppressed = counts[(int)AuditStatus.Suppressed],
            Skipped = counts[(int)AuditStatus.Skipped],
            Worst = worst,
        };
    }

    /// <summary>One line, for instance <c>1 image: 9 passed, 1 failed (worst High), 0 errors, 1 suppressed, 0 skipped</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Images} {(Images == 1 ? "image" : "images")}: {Passed} passed, {Failed} failed{(Worst is null ? "" : $" (worst {Worst})")}, {Errors} {(Errors == 1 ? "error" : "errors")}, {Suppressed} suppressed, {Skipped} skipped");
}
