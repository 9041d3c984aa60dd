# Records as rtd writes them, with ids 5 to 11: all of 20 tokens were masked. wrong: law, copies
BEGIN {
    srand(seed)
    for (n = 0; n < count; n++) {
        ids = labels = masked = mlm = ""
        for (i = 0; i < 20; i++) {
            original = 5 + int(rand() * 7)
            if (!(wrong == "copies" && n % 2 && rand() < 0.05))
                fill[i] = 5 + int(rand() * (wrong == "law" && rand() < 0.1 ? 6 : 7))
            if (wrong == "original" && rand() < 0.05)
                fill[i] = original
            ids = ids "," fill[i]
            labels = labels "," (fill[i] != original)
            masked = masked ",4"
            mlm = mlm "," original
        }
        printf "{\"id\":%d,\"input_ids\":[%s],\"labels\":[%s],\"masked_input_ids\":[%s],\"mlm_labels\":[%s]}\n",
            n, substr(ids, 2), substr(labels, 2), substr(masked, 2), substr(mlm, 2)
    }
}
