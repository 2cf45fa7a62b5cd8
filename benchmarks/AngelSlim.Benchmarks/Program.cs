using AngelSlim.Benchmarks;
using AngelSlim.Core.Manifests;

// Long comparisons with other trainers, run by hand; see ../README.md.
try
{
    switch (args)
    {
        case ["angelslim-replay", .. var rest]:
            return Replay.Run(Options.Parse(rest));
        case ["ablate", .. var rest]:
            return Ablation.Run(Options.Parse(rest));
        case ["acceptance", .. var rest]:
            return AcceptanceOfDraft.Run(Options.Parse(rest));
        case ["decoding-cost", .. var rest]:
            return DecodingCost.Run(Options.Parse(rest));
        case ["commands", .. var rest]:
            return WholeCommands.Run(Options.Parse(rest));
        case ["verification", .. var rest]:
            return Verification.Run(Options.Parse(rest));
        case ["training-step", .. var rest]:
            return TrainingStep.Run(Options.Parse(rest));
        case ["tokenizing", .. var rest]:
            return Tokenizing.Run(Options.Parse(rest));
        case ["features", .. var rest]:
            return Features.Run(Options.Parse(rest));
        case ["ten-times", .. var rest]:
            return TenTimes.Run(Options.Parse(rest));
        case ["nothing"]:
            return 0;
        default:
            Console.Error.WriteLine("angelslim-replay --golden DIR --model DIR [--cache DIR] [--steps N]");
            Console.Error.WriteLine("ablate --golden DIR --model DIR --cache DIR --out DIR [--heldout FILE.jsonl] [--initial golden] [--stop-after N] [--set draft.NAME=VALUE] [--set training.NAME=VALUE]");
            Console.Error.WriteLine("acceptance --model DIR --draft DIR --texts FILE [--prompts N] [--new 96] [--k 2,4] [--cache DIR] [--check N]");
            Console.Error.WriteLine("decoding-cost --model DIR [--dtype bfloat16] [--vocabulary N] [--length 128] [--k 2,4]");
            Console.Error.WriteLine("commands --tool AngelSlim.Cli.dll --builtin DIR [--rounds 10] [--snakemake snakemake]");
            Console.Error.WriteLine("training-step [--memory given-back] [--recompute always] [--tokens 1024] [--dtype bfloat16] [--rounds 3] [--unroll 7] [--width 1024] [--words 32000] [--target-words 151936] [--at-once N] [--steps N]");
            Console.Error.WriteLine("tokenizing --model DIR --rows FILE.jsonl [--rounds 5]");
            Console.Error.WriteLine("features --out DIR [--rows 400] [--dtype bfloat16] [--batch 4] [--rounds 5]");
            Console.Error.WriteLine("ten-times --model DIR --conversations FILE.jsonl --out DIR [--copies 4] [--rows 100] [--rounds 3]");
            Console.Error.WriteLine("verification --out DIR [--megabytes 512] [--rounds 10]");
            return 2;
    }
}
catch (Exception problem) when (problem is UserException or DataException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
