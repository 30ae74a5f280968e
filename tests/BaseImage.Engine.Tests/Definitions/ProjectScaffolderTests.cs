using System.Text;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;
using YamlDotNet.RepresentationModel;

namespace BaseImage.Engine.Tests.Definitions;

public sealed class ProjectScaffolderTests
{
    private static readonly string[] Files =
        [".gitattributes", ".github/workflows/baseimage.yml", ".gitlab-ci.yml", "README.md", "azure-pipelines.yml", "policy.psd1", "shared/hardened.psd1", "web.image.psd1"];

    public static TheoryData<string> Templates => [.. new ProjectScaffolder().Templates.Keys];

    public static TheoryData<string, string> TemplatesAndSuites
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string template in new ProjectScaffolder().Templates.Keys)
            {
                data.Add(template, "bookworm");
                data.Add(template, "trixie");
            }

            return data;
        }
    }

    [Fact]
    public void There_are_seven_templates_and_they_say_what_they_are_for()
    {
        Assert.Equal(["base", "busybox", "cc", "dotnet", "node", "python", "static"], new ProjectScaffolder().Templates.Keys);
        Assert.All(new ProjectScaffolder().Templates.Values, about => Assert.InRange(about.Length, 20, 200));
    }

    [Theory]
    [MemberData(nameof(TemplatesAndSuites))]
    public async Task A_project_has_its_files_and_no_placeholder_is_left(string template, string suite)
    {
        using TempFolder folder = new("project é");
        IReadOnlyList<string> written = await CreateAsync(new ScaffoldRequest(template, "team/web", folder.Combine("p", "q"), suite));
        Assert.Equal(Files, written.Select(path => Path.GetRelativePath(folder.Combine("p", "q"), path).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal(8, folder.List().Count(entry => !entry.EndsWith('/')));
        foreach (string path in written)
        {
            byte[] bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            string text = Encoding.UTF8.GetString(bytes);
            Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
        }

        string definition = await File.ReadAllTextAsync(folder.Combine("p", "q", "web.image.psd1"), TestContext.Current.CancellationToken);
        Assert.Contains($"Suite = '{suite}'", definition, StringComparison.Ordinal);
        Assert.Contains("Name          = 'team/web'", definition, StringComparison.Ordinal);
        Assert.Equal(template is "base" or "dotnet", definition.Contains(suite == "trixie" ? "'libssl3t64'" : "'libssl3' ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pipelines_are_YAML_that_checks_builds_and_audits()
    {
        using TempFolder folder = new();
        IReadOnlyList<string> written = await CreateAsync(new ScaffoldRequest("static", "web", folder.Path));
        string[] pipelines = [.. written.Where(path => path.EndsWith(".yml", StringComparison.Ordinal))];
        Assert.Equal(3, pipelines.Length);
        foreach (string path in pipelines)
        {
            string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            YamlStream yaml = new();
            yaml.Load(new StringReader(text));
            Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
            foreach (string command in new[] { "Import-Module BaseImage", "Test-BaseImageLock ./web.image.psd1", "Build-BaseImage ./web.image.psd1", "Test-BaseImage -Policy ./policy.psd1", "Export-BaseImageReport", "-PassThru", "Assert-BaseImage -MinimumSeverity High -EnableExit" })
            {
                Assert.Contains(command, text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void The_examples_are_what_the_templates_make(string template)
    {
        string folder = Path.GetFullPath(Path.Combine(ModuleFolder.Find("templates"), "..", "..", "examples", "debian-" + template));
        foreach ((string path, byte[] content) in ProjectTemplate.Render(template, "debian-" + template, "bookworm"))
        {
            string text = File.ReadAllText(Path.Combine(folder, path)).ReplaceLineEndings("\n");
            Assert.True(text == Encoding.UTF8.GetString(content), $"examples/debian-{template}/{path} is not what the template '{template}' makes: make it again with New-BaseImageProject -Force.");
        }
    }

    [Fact]
    public async Task Nothing_is_overwritten_unless_forced()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("README.md"), "mine", TestContext.Current.CancellationToken);
        PathExistsException error = await Assert.ThrowsAsync<PathExistsException>(() => CreateAsync(new ScaffoldRequest("static", "web", folder.Path)));
        Assert.Contains("README.md", error.Message, StringComparison.Ordinal);
        Assert.Equal(["README.md"], folder.List());
        Assert.Equal("mine", await File.ReadAllTextAsync(folder.Combine("README.md"), TestContext.Current.CancellationToken));
        await CreateAsync(new ScaffoldRequest("static", "web", folder.Path, Force: true));
        Assert.StartsWith("# web", await File.ReadAllTextAsync(folder.Combine("README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_cannot_be_finished_leaves_what_was_there()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("README.md"), "mine", TestContext.Current.CancellationToken);

        // A file where a folder must be: the workflow cannot be written, whoever runs this.
        await File.WriteAllTextAsync(folder.Combine(".github"), "a file", TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<BaseImageException>(() => CreateAsync(new ScaffoldRequest("static", "web", folder.Path, Force: true)));
        Assert.Equal([".github", "README.md"], folder.List());
        Assert.Equal("mine", await File.ReadAllTextAsync(folder.Combine("README.md"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Unknown_templates_names_and_suites_are_told_with_the_nearest()
    {
        using TempFolder folder = new();
        TemplateUnknownException template = await Assert.ThrowsAsync<TemplateUnknownException>(() => CreateAsync(new ScaffoldRequest("statik", "web", folder.Path)));
        Assert.Equal("Did you mean 'static'?", template.RecommendedAction);
        foreach (string hostile in new[] { "common", "../static", "", "static/", "." })
        {
            await Assert.ThrowsAsync<TemplateUnknownException>(() => CreateAsync(new ScaffoldRequest(hostile, "web", folder.Path)));
        }

        foreach (string hostile in new[] { "Web", "../web", "a'b", "", "web:1", "/web" })
        {
            await Assert.ThrowsAsync<ProjectRequestInvalidException>(() => CreateAsync(new ScaffoldRequest("static", hostile, folder.Path)));
        }

        await Assert.ThrowsAsync<ProjectRequestInvalidException>(() => CreateAsync(new ScaffoldRequest("static", "web", folder.Path, "sid")));
        Assert.Empty(folder.List());
    }

    private static Task<IReadOnlyList<string>> CreateAsync(ScaffoldRequest request) => new ProjectScaffolder().CreateAsync(request, TestContext.Current.CancellationToken);
}
