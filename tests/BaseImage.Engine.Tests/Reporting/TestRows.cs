using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Reporting;

/// <summary>Rows made by hand, and hostile ones.</summary>
internal static class TestRows
{
    public static readonly string[] Hostile =
    [
        "=cmd|' /C calc'!A0", "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\u0000b\u0001\u001b[2J", "\u202egnp.exe", "\ud800", "\udc00x\ud83d", "\ufffe\uffff", "a|b`c\\", "\\| x |\n| --- |", "[x](javascript:alert(1))",
        "]]>", "<!--", "--><b>", "&amp;&#0;", "a\r\nb\rc\nd\u2028e", "@everyone", "www.example.com https://example.com a@example.com", "{{7*7}}", "%2e%2e/..//x:y?z#w", " leading", "trailing ", "\t", "", "'", "‘’“”", "😀 é ‮", "javascript:alert(1)", "# x", "1. x", "- x", "* * *",
    ];

    public static AuditResult Row(string rule = "BI2001", AuditStatus status = AuditStatus.Fail, Severity severity = Severity.High, string image = "oci:/x/web@sha256:abc", string message = "1 program has a set-id bit.", string path = "/usr/bin/su", string accepted = "", int line = 0) => new()
    {
        RuleId = rule,
        Title = "No set-id programs",
        Severity = severity,
        Category = "Files",
        Status = status,
        Image = image,
        Platform = rule.StartsWith("BI6", StringComparison.Ordinal) ? null : Platform.LinuxAmd64,
        Digest = rule.StartsWith("BI6", StringComparison.Ordinal) ? default : Digest.FromSha256Hex(new string('b', 64)),
        Message = message,
        Evidence = [$"{path}: set-user-ID"],
        Findings = status is AuditStatus.Fail or AuditStatus.Suppressed
            ? [new AuditFinding { RuleId = rule, Severity = severity, Image = image, Path = path, Line = line, Message = "set-user-ID", Fingerprint = new string('f', 32), Accepted = accepted }]
            : [],
        Remediation = "Clear the bits.",
        Equivalent = ["dockle:CIS-DI-0008"],
        Duration = TimeSpan.FromSeconds(1),
    };

    public static IReadOnlyList<AuditResult> Sample { get; } =
    [
        Row(),
        Row("BI1001", AuditStatus.Pass, message: "The image runs as 65532."),
        Row("BI2004", AuditStatus.Suppressed, Severity.Medium, accepted: "accepted until 2026-12-31 by platform: wanted", message: "A shell.", path: "/bin/sh"),
        Row("BI3001", AuditStatus.Skipped, message: "There is no package database."),
        Row("BI0000", AuditStatus.Error, image: "oci:/nowhere", message: "It does not exist."),
        Row("BI6001", AuditStatus.Fail, Severity.Low, image: "./web/Dockerfile", path: "./web/Dockerfile", line: 7),
        Row("ACME-1", AuditStatus.Fail, Severity.Critical, path: "", message: "No owner label."),
    ];

    /// <summary>Rows in which every text may be hostile.</summary>
    public static Gen<IReadOnlyList<AuditResult>> Any
    {
        get
        {
            Gen<string> text = Gen.OneOf(Gen.Elements(Hostile), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""));
            Gen<AuditFinding> finding =
                from path in text
                from message in text
                from line in Gen.Choose(0, 3)
                from severity in Gen.Elements(Enum.GetValues<Severity>())
                from accepted in Gen.OneOf(Gen.Constant(""), text)
                select new AuditFinding { RuleId = "BI2001", Severity = severity, Image = "i", Path = path, Line = line, Message = message, Fingerprint = new string('a', 32), Accepted = accepted };
            Gen<AuditResult> row =
                from rule in Gen.Elements("BI2001", "BI6001", "ACME-1")
                from texts in text.ArrayOf(6)
                from evidence in text.ListOf()
                from findings in finding.ListOf()
                from status in Gen.Elements(Enum.GetValues<AuditStatus>())
                from severity in Gen.Elements(Enum.GetValues<Severity>())
                select Row(rule, status, severity, texts[0], texts[1]) with { Title = texts[2], Category = texts[3], Remediation = texts[4], Equivalent = [texts[5]], Evidence = [.. evidence], Findings = [.. findings] };
            return row.ListOf().Select(rows => (IReadOnlyList<AuditResult>)[.. rows]);
        }
    }
}
