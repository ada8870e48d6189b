from rapport.kernel.permissions import Right

SECRETS = Right("ground.secrets", "See what things weigh")
