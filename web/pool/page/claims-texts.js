// The words of claims.html in both languages: every claim as a sentence. Holds no figure that is measured.

const en = {
  title: 'What the lessons claim',
  lead: 'A claim is a statement about many runs, not about the one on the screen. Each was tried over 32 seeds; here you can '
    + 'try it again over five that nobody has chosen, on all cores of this machine.',
  lab: 'Back to the lab',
  open: 'Open the lesson',
  start: 'Try it again here',
  cancel: 'Cancel',
  rate: 'Held for {held} of {tried} seeds; least margin {least}.',
  missing: 'The record of the claims did not come: {why}',
  running: '{share}\u202f%…',
  starting: 'Starting the workers…',
  finished: 'Held for {held} of {tried} fresh seeds, in {seconds} s.',
  cancelled: 'Cancelled.',
  failed: 'This cannot run here: {why}',
  seed: 'seed {seed}: {mark} by {margin}',
  held: '✓ held',
  notHeld: '✕ did not hold,',
  notes: 'How to read this',
  noteHeld: 'A claim holds for a seed where its margin is not below 0. “Always” means for all but one in 32.',
  noteMargin: 'The margin is what is left of the sentence’s own bound: an accuracy of 0.97 where more than 0.95 is claimed leaves '
    + '0.02. Where the sentence speaks of a factor it is the share by which the factor is exceeded.',
  noteSeeds: 'A seed decides data, first weights and the order of batches. A seed’s link opens its first run in the lab.',
  lessons: {
    'first-look': 'First look', 'learning-rate': 'Learning rate', 'small-batch': 'Small batches',
    'train-vs-inference': 'Training and inference', images: 'Images',
  },
  claims: {
    'first-look-with': 'After 400 steps the network with Batch Normalization is above 95\u202f% on the test set.',
    'first-look-without': 'The network without it is below 60\u202f% after 400 steps, at each of four learning rates from 0.03 to 1.',
    'learning-rate-span': 'The learning rates with which the network learns (93\u202f% after 1 500 steps) span at least ten times as much '
      + 'with Batch Normalization as without.',
    'small-batch-batch': 'With Batch Normalization the error at batches of two is at least five times that at batches of 64.',
    'small-batch-group': 'With Group Normalization it is at most twice as large, or below 4\u202f%.',
    'train-vs-inference-lag': 'Where running averages take in 0.001 of each batch, they are more than 20 points of accuracy behind the '
      + 'statistics of the whole training set after 500 steps.',
    'train-vs-inference-closed': 'Statistics of the whole training set are as good as running averages with the usual 0.1: within 4 points.',
    'images-read': 'After 500 steps the convolutional network reads more than 95\u202f% of the test digits.',
    'images-convolution': 'Batches of two instead of 32 cost the convolutional network less than 5 points.',
    'images-dense': 'They cost a dense network more than 50.',
  },
};

const zh = {
  title: '各课的论断',
  lead: '论断说的是许多次训练，而不是屏幕上的这一次。每个论断都在 32 个种子上检验过；在这里可以用这台机器的所有核心，在五个没有人挑选过的种子上'
    + '再检验一次。',
  lab: '返回实验室',
  open: '打开这一课',
  start: '在这里再检验一次',
  cancel: '取消',
  rate: '{tried} 个种子中有 {held} 个成立；最小余量 {least}。',
  missing: '没有取到论断的记录：{why}',
  running: '{share}\u202f%……',
  starting: '正在启动 worker……',
  finished: '{tried} 个新种子中有 {held} 个成立，用时 {seconds} 秒。',
  cancelled: '已取消。',
  failed: '无法在这里运行：{why}',
  seed: '种子 {seed}：{mark}，余量 {margin}',
  held: '✓ 成立',
  notHeld: '✕ 不成立',
  notes: '怎样读这一页',
  noteHeld: '余量不小于 0 时，论断对该种子成立。“总是”指 32 个中至多一个例外。',
  noteMargin: '余量是离句子中界限的距离：句子说高于 0.95，而准确率为 0.97，余量就是 0.02。句子说的是倍数时，余量是超出该倍数的比例。',
  noteSeeds: '种子决定数据、初始权重和批量的顺序。种子的链接在实验室中打开它的第一次训练。',
  lessons: {
    'first-look': '初见', 'learning-rate': '学习率', 'small-batch': '小批量', 'train-vs-inference': '训练与推理', images: '图像',
  },
  claims: {
    'first-look-with': '400 步之后，带批量归一化的网络在测试集上高于 95\u202f%。',
    'first-look-without': '不带它的网络在 0.03 到 1 的四个学习率下，400 步之后都低于 60\u202f%。',
    'learning-rate-span': '能学会（1 500 步后达到 93\u202f%）的学习率范围，带批量归一化时至少是不带时的十倍。',
    'small-batch-batch': '使用批量归一化，批量为 2 时的错误率至少是批量为 64 时的五倍。',
    'small-batch-group': '使用组归一化，它至多是两倍，或低于 4\u202f%。',
    'train-vs-inference-lag': '滑动平均每次只吸收批量的 0.001 时，500 步之后它比整个训练集的统计量落后 20 个百分点以上。',
    'train-vs-inference-closed': '整个训练集的统计量与通常取 0.1 的滑动平均一样好：相差在 4 个百分点以内。',
    'images-read': '500 步之后，卷积网络能认出 95\u202f% 以上的测试数字。',
    'images-convolution': '批量从 32 减到 2，卷积网络的损失小于 5 个百分点。',
    'images-dense': '全连接网络的损失大于 50 个百分点。',
  },
};

export const textsOf = (language) => (language === 'zh-Hans' ? zh : en);
