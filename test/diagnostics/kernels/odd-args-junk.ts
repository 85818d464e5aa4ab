import { kernel } from 'tilewright/language';
export default kernel({ name: 'a', summary: '', parameters: {}, arguments: () => ({ x: 3 as never }), dataflow() {}, workload: () => ({}) as never });
