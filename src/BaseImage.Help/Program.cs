Console.WriteLine("Help is made by a later commit.");
