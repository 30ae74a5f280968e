using BaseImage.Benchmarks;

// dotnet run -c Release --project tests/BaseImage.Benchmarks -- [FILE]
// Without a file, the runtime's own assemblies are the input, so that it runs anywhere.
byte[] input = args.Length > 0 ? File.ReadAllBytes(args[0]) : CodecBenchmark.DefaultInput();
CodecBenchmark.Run(input, Console.Out);
