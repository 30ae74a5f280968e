using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Collects words: white space parts them unless it came from quotes.</summary>
internal sealed class WordSplitter
{
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();

    /// <summary>Adds a character; white space ends a word.</summary>
    public void Add(char c)
    {
        if (!DockerfileText.IsSpace(c))
        {
            _word.Append(c);
        }
        else if (_word.Length > 0)
        {
            _words.Add(_word.ToString());
            _word.Clear();
        }
    }

    /// <summary>Adds a variable's value, whose white space ends words.</summary>
    public void Add(string text)
    {
        foreach (char c in text)
        {
            Add(c);
        }
    }

    /// <summary>Adds a character as it is.</summary>
    public void AddRaw(char c) => _word.Append(c);

    /// <summary>Adds a text as it is.</summary>
    public void AddRaw(string text) => _word.Append(text);

    /// <summary>The words.</summary>
    public List<string> Finish()
    {
        if (_word.Length > 0)
        {
            _words.Add(_word.ToString());
        }

        return _words;
    }
}
