using System.Management.Automation;

namespace BaseImage.Cmdlets.Tests.Definitions;

public sealed class DefinitionMistakeTests(DefinitionSession session) : IClassFixture<DefinitionSession>
{
    public static TheoryData<string> Names => [.. DefinitionMistakes.All.Select(mistake => mistake.Name)];

    [Fact]
    public void The_definition_that_the_mistakes_are_made_in_has_none()
    {
        (System.Collections.ObjectModel.Collection<PSObject> output, IReadOnlyList<ErrorRecord> errors) = session.Read("web.image.psd1", DefinitionMistakes.Good);
        Assert.Empty(errors);
        Assert.Equal("web", Assert.Single(output).Properties["Name"].Value);
        Assert.InRange(DefinitionMistakes.All.Count, 30, 500);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_typical_mistake_has_its_line_and_a_hint_that_names_the_cure(string name)
    {
        (_, _, _, int line, string hint) = DefinitionMistakes.All.Single(mistake => mistake.Name == name);
        foreach (string text in new[] { DefinitionMistakes.Text(name), DefinitionMistakes.Text(name).Replace("\n", "\r\n", StringComparison.Ordinal) })
        {
            (System.Collections.ObjectModel.Collection<PSObject> output, IReadOnlyList<ErrorRecord> errors) = session.Read("web.image.psd1", text);
            Assert.Empty(output);
            ErrorRecord error = Assert.Single(errors);
            Assert.StartsWith("DefinitionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
            string first = error.Exception.Message.Split('\n')[0];
            Assert.StartsWith(Path.Combine(session.Folder, "web.image.psd1") + $":{line}:", first, StringComparison.Ordinal);
            Assert.Contains(hint, first, StringComparison.Ordinal);
            Assert.Contains(hint, error.ErrorDetails?.RecommendedAction ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Mistakes_of_reading_and_of_validating_are_told_together()
    {
        string text = DefinitionMistakes.Good
            .Replace("'web'", "web", StringComparison.Ordinal)
            .Replace("'bookworm'", "'bookwrom'", StringComparison.Ordinal)
            .Replace("Uid = 65532", "Uid = [int]65532", StringComparison.Ordinal)
            .Replace("Mode = '0644'", "Mode = 0644", StringComparison.Ordinal);
        ErrorRecord error = Assert.Single(session.Read("web.image.psd1", text).Errors);
        string[] lines = error.Exception.Message.Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Contains("(4 mistakes in all)", lines[0], StringComparison.Ordinal);
        Assert.Equal(["3", "4", "9", "10"], lines.Select(l => l[(session.Folder.Length + "/web.image.psd1:".Length)..].Split(':')[0]));
    }
}
