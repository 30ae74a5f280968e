using System.Globalization;
using System.Text;
using System.Xml;

namespace BaseImage.Engine.Reporting;

/// <summary>
/// Audit results as JUnit XML, the form that CI servers read: a suite for each image and platform, a case for each rule.
/// What failed is a failure, what could not be evaluated an error, and what was skipped or suppressed is skipped, with the
/// reason. Times are left out, so that the same audit gives the same bytes.
/// </summary>
internal static class JUnitReport
{
    /// <summary>The report's bytes.</summary>
    public static byte[] Write(IReadOnlyList<AuditResult> results)
    {
        using MemoryStream stream = new();
        XmlWriterSettings settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n", NewLineHandling = NewLineHandling.Entitize };
        using (XmlWriter xml = XmlWriter.Create(stream, settings))
        {
            xml.WriteStartElement("testsuites");
            Attribute(xml, "name", "BaseImage");
            Counts(xml, results);
            foreach (IGrouping<string, AuditResult> image in results.GroupBy(ReportRules.Subject, StringComparer.Ordinal))
            {
                Suite(xml, image.Key, [.. image]);
            }

            xml.WriteEndElement();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Suite(XmlWriter xml, string name, IReadOnlyList<AuditResult> rows)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", name);
        Counts(xml, rows);
        if (!rows[0].Digest.IsEmpty)
        {
            xml.WriteStartElement("properties");
            xml.WriteStartElement("property");
            Attribute(xml, "name", "digest");
            Attribute(xml, "value", rows[0].Digest.ToString());
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        foreach (AuditResult row in rows)
        {
            Case(xml, name, row);
        }

        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, string suite, AuditResult row)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", suite);
        Attribute(xml, "name", $"{row.RuleId} {row.Title}");
        switch (row.Status)
        {
            case AuditStatus.Fail:
                Outcome(xml, "failure", row, Details(row));
                break;
            case AuditStatus.Error:
                Outcome(xml, "error", row, Details(row));
                break;
            case AuditStatus.Skipped or AuditStatus.Suppressed:
                xml.WriteStartElement("skipped");
                Attribute(xml, "message", row.Status == AuditStatus.Suppressed ? $"Suppressed: {row.Message}" : row.Message);
                xml.WriteEndElement();
                break;
        }

        xml.WriteEndElement();
    }

    private static void Outcome(XmlWriter xml, string element, AuditResult row, string details)
    {
        xml.WriteStartElement(element);
        Attribute(xml, "message", row.Message);
        Attribute(xml, "type", row.Severity.ToString());
        xml.WriteString(Valid(details));
        xml.WriteEndElement();
    }

    private static string Details(AuditResult row)
    {
        IEnumerable<string> findings = row.Findings.Count > 0 ? row.Findings.Select(finding => $"{finding.Severity}: {finding}") : row.Evidence;
        return string.Join('\n', findings.Append(row.Remediation).Where(line => line.Length > 0));
    }

    private static void Counts(XmlWriter xml, IReadOnlyList<AuditResult> rows)
    {
        int Count(params AuditStatus[] statuses) => rows.Count(row => statuses.Contains(row.Status));
        Number(xml, "tests", rows.Count);
        Number(xml, "failures", Count(AuditStatus.Fail));
        Number(xml, "errors", Count(AuditStatus.Error));
        Number(xml, "skipped", Count(AuditStatus.Skipped, AuditStatus.Suppressed));
    }

    private static void Number(XmlWriter xml, string name, int value) => xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Valid(value));

    // XML 1.0 has no way at all to write most control characters, U+FFFE, U+FFFF and lone surrogates: they are written in words.
    internal static string Valid(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
        {
            return text;
        }

        StringBuilder valid = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
            {
                valid.Append(text[i]);
            }
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                valid.Append(text, i++, 2);
            }
            else
            {
                valid.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }
        }

        return valid.ToString();
    }
}
