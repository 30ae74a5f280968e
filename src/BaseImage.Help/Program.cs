using BaseImage.Help;

// baseimage-help CMDLETS.dll HELP-FOLDER OUTPUT.xml
if (args.Length != 3)
{
    Console.Error.WriteLine("error : BaseImage.Help needs the cmdlets' assembly, the folder of help sources and the file to write.");
    return 1;
}

List<string> problems = [];
IReadOnlyList<CmdletDescription> cmdlets = CmdletDescription.ReadAll(args[0], problems);
Dictionary<string, HelpSource> sources = new(StringComparer.Ordinal);
foreach (string file in Directory.EnumerateFiles(args[1], "*.md").Order(StringComparer.Ordinal))
{
    sources[Path.GetFileNameWithoutExtension(file)] = HelpSource.Read(file, problems);
}

foreach (CmdletDescription cmdlet in cmdlets.Where(cmdlet => !sources.ContainsKey(cmdlet.Name)))
{
    problems.Add($"{cmdlet.Name} has no help: write {Path.Combine(args[1], cmdlet.Name + ".md")}.");
}

foreach (string name in sources.Keys.Where(name => !cmdlets.Any(cmdlet => cmdlet.Name == name)))
{
    problems.Add($"{name}.md describes a cmdlet that does not exist.");
}

if (problems.Count > 0)
{
    // MSBuild shows lines of this shape as errors of the build.
    problems.ForEach(problem => Console.Error.WriteLine("error : help: " + problem));
    return 1;
}

string output = Path.GetFullPath(args[2]);
Directory.CreateDirectory(Path.GetDirectoryName(output)!);
string beside = output + "." + Environment.ProcessId + ".tmp";
Maml.Write(beside, cmdlets, sources);
File.Move(beside, output, overwrite: true);
return 0;
