Console.WriteLine("baseimage");
