using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;

namespace BaseImage.Help;

/// <summary>A parameter as PowerShell reads it from the compiled cmdlet, and the text of its documentation comment.</summary>
internal sealed record ParameterDescription(string Name, Type Type, IReadOnlyList<string> Aliases, IReadOnlyDictionary<string, ParameterSetMetadata> Sets, string Text)
{
    internal ParameterSetMetadata? In(string set) => Sets.TryGetValue(set, out ParameterSetMetadata? own) ? own : Sets.GetValueOrDefault(ParameterAttribute.AllParameterSets);
}

/// <summary>A compiled cmdlet.</summary>
internal sealed record CmdletDescription(string Name, IReadOnlyList<ParameterDescription> Parameters, IReadOnlyList<string> Sets, IReadOnlyList<Type> Outputs)
{
    internal static IReadOnlyList<CmdletDescription> ReadAll(string assemblyPath, List<string> problems)
    {
        Dictionary<string, string> comments = ReadComments(Path.ChangeExtension(assemblyPath, ".xml"));
        Assembly assembly = Assembly.LoadFrom(Path.GetFullPath(assemblyPath));
        List<CmdletDescription> cmdlets = [];
        foreach (Type type in assembly.GetTypes().Where(type => !type.IsAbstract && type.GetCustomAttribute<CmdletAttribute>() is not null))
        {
            cmdlets.Add(Read(type, comments, problems));
        }

        return [.. cmdlets.OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal)];
    }

    private static CmdletDescription Read(Type type, Dictionary<string, string> comments, List<string> problems)
    {
        CommandMetadata metadata = new(type);
        List<ParameterDescription> parameters = [];
        foreach (ParameterMetadata parameter in metadata.Parameters.Values.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            PropertyInfo? property = type.GetProperty(parameter.Name);
            if (property is null || parameter.Name is "WhatIf" or "Confirm" || Cmdlet.CommonParameters.Contains(parameter.Name))
            {
                continue;
            }

            string key = $"P:{property.DeclaringType!.FullName}.{property.Name}";
            if (!comments.TryGetValue(key, out string? text) || text.Length == 0)
            {
                problems.Add($"{metadata.Name} -{parameter.Name} has no documentation comment ({key}).");
                text = "";
            }

            parameters.Add(new ParameterDescription(parameter.Name, parameter.ParameterType, parameter.Aliases, parameter.ParameterSets, text));
        }

        List<string> sets = [.. parameters.SelectMany(parameter => parameter.Sets.Keys).Where(set => set != ParameterAttribute.AllParameterSets).Distinct(StringComparer.Ordinal)];
        Type[] outputs = [.. type.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type).Select(output => output.Type).Where(output => output is not null)];
        if (outputs.Length == 0)
        {
            problems.Add($"{metadata.Name} declares no output type.");
        }

        return new CmdletDescription(metadata.Name, parameters, sets.Count > 0 ? sets : [ParameterAttribute.AllParameterSets], outputs);
    }

    private static Dictionary<string, string> ReadComments(string file)
        => XDocument.Load(file).Descendants("member").ToDictionary(
            member => member.Attribute("name")!.Value,
            member => Text(member.Element("summary")),
            StringComparer.Ordinal);

    private static string Text(XElement? summary)
    {
        if (summary is null)
        {
            return "";
        }

        foreach (XElement reference in summary.Descendants("see").ToList())
        {
            reference.ReplaceWith((reference.Attribute("cref")?.Value ?? "").Split('.', ':')[^1]);
        }

        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
